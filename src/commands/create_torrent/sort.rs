//! `--sort`: the order of files that its names mean.

use crate::config::Sort;
use crate::content::walk::{Order, SortKey};

impl From<Sort> for Order {
    fn from(sort: Sort) -> Self {
        let (key, descending) = match sort {
            Sort::Path => (SortKey::Path, false),
            Sort::PathDescending => (SortKey::Path, true),
            Sort::Size => (SortKey::Size, false),
            Sort::SizeDescending => (SortKey::Size, true),
            Sort::Natural => (SortKey::Natural, false),
            Sort::NaturalDescending => (SortKey::Natural, true),
            Sort::Given => (SortKey::Given, false),
            Sort::GivenDescending => (SortKey::Given, true),
        };
        Self { key, descending }
    }
}
