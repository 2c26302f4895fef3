"""The edge to Kafka: topics, records, publishing, consuming in batches, quarantine."""
