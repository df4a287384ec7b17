//! Exports through S3: files of records that are too large for an answer.
//!
//! # One item is all there is of the work
//! An export is an item ([`item::ExportItem`]) that says how far it has come. `exports-run` makes one step at a time: it reads
//! some pages, uploads them as a part, and moves the item on, if it still is where it was. That change in the table's own
//! stream wakes the next step.
//!
//! | what happens | what follows |
//! |---|---|
//! | a message comes twice, or late | the item is further on, and nothing is done |
//! | two make the same step at once | each has a number of its own ([`ExportItem::attempt`]), so that neither overwrites the other's part; one moves the item on, and the other's part is in no object |
//! | the function dies in a step | the message comes again, and the step is made again under another number |
//! | S3 or the table does not answer | likewise; after [`make::MOST_TRIES`] times at one step the export has failed, and its upload is ended |
//! | the object is completed and nobody hears of it | the upload is over and the object there, which is asked for before anything else is concluded |
//! | the item vanishes | the step finds nothing to move on; what it has uploaded ends by the bucket's rule |
//!
//! # What is in it
//! Records in the order of their creation, in which none changes its place: each is met once at most. All that were there when
//! it was asked for are in it, as they are when they are read; what is deleted meanwhile may be missing, and what is created or
//! begins to fit the filter meanwhile may be in it or not.
//!
//! [`ExportItem::attempt`]: item::ExportItem::attempt

pub mod filter;
pub mod item;
pub mod make;
pub mod shown;
