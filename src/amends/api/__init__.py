"""The HTTP door: pages for people, REST for programs, one stream of news for open screens."""
