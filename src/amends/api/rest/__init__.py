"""The JSON interface under /api/v1: one file per noun, the same actions as the screens."""
