//! Where in the template something stands, for messages.

use std::fmt::{self, Display, Formatter};

/// A path into the document, as a chain of borrowed steps: it costs nothing unless an error prints it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    /// The thing the path starts from, such as `resource TenantRole`.
    Start(&'a str, &'a str),
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(crate) fn start(kind: &'a str, name: &'a str) -> Self {
        Self {
            parent: None,
            step: Step::Start(kind, name),
        }
    }

    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Index(index),
        }
    }
}

impl Display for Place<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(formatter)?;
        }
        match self.step {
            Step::Start(kind, name) => write!(formatter, "{kind} {name}"),
            // The first key follows the start with a comma: `resource TenantRole, Properties.Policies[0]`.
            Step::Key(key) => match self.parent.map(|parent| parent.step) {
                Some(Step::Start(..)) => write!(formatter, ", {key}"),
                _ => write!(formatter, ".{key}"),
            },
            Step::Index(index) => write!(formatter, "[{index}]"),
        }
    }
}
