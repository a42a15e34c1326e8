"""What both faces share: the viewer, the transaction, headers, limits, formats."""
