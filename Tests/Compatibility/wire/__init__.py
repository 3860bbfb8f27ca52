"""What goes over the wire, recorded and held against the types of the version that the connection claims."""
