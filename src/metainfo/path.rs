//! Safe relative paths: skeleton.
