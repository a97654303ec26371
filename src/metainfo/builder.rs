//! Writing metainfo: skeleton.
