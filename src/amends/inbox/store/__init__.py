"""SQL and nothing else: one file a table or report, one function a query, frozen dataclasses out."""
