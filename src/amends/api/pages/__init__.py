"""The screens: one file each, with its routes; what they show comes from the store, what they change goes through actions."""
