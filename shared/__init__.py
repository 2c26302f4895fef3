"""What the services share: words, events, policy, privacy, and the edges to Kafka, MongoDB and HTTP."""
