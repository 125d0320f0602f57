"""Pictures of every screen: where they are found, and how each is looked at."""
