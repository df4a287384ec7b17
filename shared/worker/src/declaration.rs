//! What an event function says of itself, once.

/// What wakes the function. Names are those of template.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The change streams of these tables, from their beginning.
    Streams(&'static [&'static str]),
    /// A queue, so many messages at a time at most.
    Queue {
        /// Its name.
        name: &'static str,
        /// Messages in one event.
        batch: u32,
    },
    /// A topic.
    Topic(&'static str),
    /// The clock: `rate(1 hour)` or a cron expression.
    Schedule(&'static str),
}

/// What the function needs in its environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Names of the tables, for a role of its own.
    Tables,
    /// The role that is taken on for a tenant's data.
    System,
    /// The key from which the secrets of links in e-mails are derived.
    LinkKey,
    /// What mail is sent with.
    Mail,
    /// The queue of letters to be sent.
    EmailQueue,
    /// The queue of what is to be done about the bytes of files.
    FilesQueue,
    /// The bucket that holds them, and the role that is taken on for a tenant's files.
    Files,
    /// The queue of exports to be made.
    ExportsQueue,
    /// The bucket that holds them, and the role that is taken on to make a tenant's.
    Exports,
    /// The bucket of the indexes of vectors, where there is one, and from how many vectors on a project has one.
    Vectors,
}

impl Needs {
    /// As `--describe` prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Needs::Tables => "tables",
            Needs::System => "system",
            Needs::LinkKey => "link_key",
            Needs::Mail => "mail",
            Needs::EmailQueue => "email_queue",
            Needs::FilesQueue => "files_queue",
            Needs::Files => "files",
            Needs::ExportsQueue => "exports_queue",
            Needs::Exports => "exports",
            Needs::Vectors => "vectors",
        }
    }
}

/// Source, role and documentation of an event function.
///
/// Built in a constant: `Declaration::new(Source::Topic("…"), "Notes …").role("…Role")`.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// What wakes it.
    pub source: Source,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What it needs in its environment.
    pub needs: &'static [Needs],
    /// The execution role, by its name in template.yaml.
    pub role: &'static str,
    /// Memory in MB; CPU share grows with it.
    pub memory_mb: u32,
    /// Seconds after which an invocation is stopped.
    pub timeout_s: u32,
}

impl Declaration {
    /// A function that `source` wakes and that runs as `role`.
    pub const fn new(source: Source, role: &'static str, summary: &'static str) -> Self {
        Self {
            source,
            summary,
            needs: &[],
            role,
            memory_mb: 256,
            timeout_s: 30,
        }
    }

    /// What the function needs in its environment.
    pub const fn needs(mut self, needs: &'static [Needs]) -> Self {
        self.needs = needs;
        self
    }

    /// Memory in MB.
    pub const fn memory_mb(mut self, memory_mb: u32) -> Self {
        self.memory_mb = memory_mb;
        self
    }

    /// Seconds after which an invocation is stopped.
    pub const fn timeout_s(mut self, timeout_s: u32) -> Self {
        self.timeout_s = timeout_s;
        self
    }
}
