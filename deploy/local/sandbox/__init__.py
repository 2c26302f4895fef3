"""A stand-in for the WhatsApp Cloud API on this machine: refuses, limits, reports and fails as the provider does."""
