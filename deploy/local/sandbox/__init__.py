"""A stand-in for the WhatsApp Cloud API: refuses, limits, reports and fails as the provider does."""
