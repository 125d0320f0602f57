"""`./amends demo --check`: proof, from outside and over HTTP alone, that a complaint goes the whole way and none is lost or doubled."""
