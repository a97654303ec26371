//! Bencoding (BEP 3): skeleton.
