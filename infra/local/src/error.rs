//! Why the local cloud does not start. Each text is one line.

use std::path::PathBuf;

/// What keeps the local cloud from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("port {port} is in use; choose another one with {option}")]
    PortBusy {
        /// The port.
        port: u16,
        /// The option that sets it.
        option: &'static str,
    },
    /// A port can't be opened for another reason.
    #[error("port {port} can't be opened: {error}")]
    Port {
        /// The port.
        port: u16,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is no template.
    #[error("there is no template.yaml in this folder or above it; name one with --template")]
    NoTemplate,
    /// The template can't be read or asks for something unknown.
    #[error("{file}: {detail}", file = .file.display())]
    Template {
        /// The template file.
        file: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Functions have no binary.
    #[error("{detail}")]
    Functions {
        /// Which, and what to do.
        detail: String,
    },
    /// The folder of `--data` can't be used.
    #[error("{folder}: {detail}", folder = .folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Key material can't be made.
    #[error("signing keys can't be made: {0}")]
    Keys(String),
    /// Something of the machine failed: a thread, a socket.
    #[error("{0}")]
    System(String),
}
