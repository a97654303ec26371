//! Magnet URIs (BEP 9, BEP 53): skeleton.
