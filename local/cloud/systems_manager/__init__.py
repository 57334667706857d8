"""Systems Manager: documents and Run Command, which the embedded cloud knows only for instances in containers."""
