//! Which bytes feed which digests: skeleton.
