//! Empty on purpose: cargo is only used to fetch the pinned source archive.
