"""What `amends import` needs to read files as people and programs really write them."""
