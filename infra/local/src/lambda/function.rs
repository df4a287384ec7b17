//! One Lambda function of the template: what to run, with which limits.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// A function as the template declares it, with the binary that implements it.
#[derive(Clone, Debug)]
pub struct Function {
    /// Logical id in the template; it is also the function's name.
    pub name: String,
    /// The executable, as an absolute path.
    pub binary: PathBuf,
    /// Environment variables of the template.
    pub environment: BTreeMap<String, String>,
    /// Logical id of the execution role.
    pub role: String,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// Memory size of the template: told to the function, not enforced.
    pub memory_mb: u64,
    /// How many processes may run at once.
    pub concurrency: usize,
}

impl Function {
    /// The function's ARN.
    pub fn arn(&self) -> String {
        format!(
            "arn:aws:lambda:us-east-1:000000000000:function:{}",
            self.name
        )
    }
}
