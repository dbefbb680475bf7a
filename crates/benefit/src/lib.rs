//! The ordered split of one bill between the funds and the person.
