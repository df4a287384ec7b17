//! The kinds of callers are closed: an endpoint can't bring one that identifies itself.

use endpoint::Caller;

struct Trusting;

impl endpoint::caller::sealed::Sealed for Trusting {} //~ E0603 module `caller` is private

fn called<C: Caller>() {}

fn main() {
    called::<Trusting>(); //~ E0277 the trait bound `Trusting: Caller` is not satisfied
}
