"""Events, one module a topic. Readers ignore unknown fields; fields are only ever added."""
