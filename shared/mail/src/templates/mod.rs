//! What letters say: a standard template for each notice, and a tenant's own wording where it has one.
//!
//! | module | holds |
//! |---|---|
//! | `standard` | the product's own templates, `shared/mail/templates/` |
//! | `overrides` | a tenant's wording, which is not trusted |
//! | `variables` | what templates can name |

mod overrides;
mod standard;
mod variables;

pub use overrides::{Override, OverrideError, check};
pub use variables::Rendering;

use crate::Message;
use crate::branding::one_line;

/// Characters of a subject: mail programs show fewer.
const SUBJECT_CHARACTERS: usize = 150;
/// Steps that one template may take.
const FUEL: u64 = 20_000;

/// A standard template that can't be rendered: a fault of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {template} can't be rendered: {reason}")]
pub struct TemplateError {
    template: String,
    reason: String,
}

/// The message of a letter. A tenant's own wording that does not work is left aside, with a line in the log: better the
/// standard letter than none.
///
/// # Errors
/// When the standard template can't be rendered.
pub fn render(rendering: &Rendering<'_>) -> Result<Message, TemplateError> {
    let name = rendering.letter.notice.name();
    if let Some(own) = rendering.branding.email_templates.get(name) {
        match overrides::render(own, rendering) {
            Ok(message) => return Ok(message),
            Err(error) => {
                tracing::warn!(
                    notice = name,
                    field = error.field,
                    "a tenant's own wording does not work"
                );
            }
        }
    }
    standard::render(rendering)
}

/// A subject on one line, and not too long.
fn subject(text: &str) -> String {
    one_line(text).chars().take(SUBJECT_CHARACTERS).collect()
}

#[cfg(test)]
mod tests;
