"""Tables that an office keeps (登记表): their columns as data, read, refused and stored alike."""
