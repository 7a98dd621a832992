"""The areas of the programming interface, in the order in which its description lists them."""
