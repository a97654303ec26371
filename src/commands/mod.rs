//! One file a subcommand: skeleton.
