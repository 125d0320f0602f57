"""What `amends translations` is made of: finding the texts, writing the catalogues, checking them."""
