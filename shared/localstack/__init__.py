"""The local Kafka and MongoDB: which ones to use, and their start, readiness, faults, stop and removal.

`from shared.localstack.stack import LocalStack, running_stack`. This file imports nothing, so that the
command line works in an image that carries no local stack.
"""
