//! How to start a cloud.

use crate::functions_build::Binaries;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// How to start a cloud. The default: free ports, everything in memory, binaries built first.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of the API; 0 takes a free one.
    pub api_port: u16,
    /// Port of the AWS endpoint; 0 takes a free one.
    pub aws_port: u16,
    /// The address that functions are given for AWS: something in front of this cloud's own endpoint, to which it passes what they ask.
    pub aws_front: Option<String>,
    /// Folder that keeps data and keys; without one they are in memory.
    pub data_dir: Option<PathBuf>,
    /// Template file; without one the nearest `template.yaml` in this folder or above it.
    pub template: Option<PathBuf>,
    /// Where the functions' binaries come from.
    pub binaries: Binaries,
    /// Template parameters over those that the cloud fills in.
    pub parameters: BTreeMap<String, String>,
    /// Processes of one function at once.
    pub max_processes: usize,
    /// Processes of all functions together that wait for work: the memory of a cloud with every function warm.
    pub max_idle_processes: usize,
    /// A process with nothing to do for so long is stopped.
    pub idle_stop: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            api_port: 0,
            aws_port: 0,
            aws_front: None,
            data_dir: None,
            template: None,
            binaries: Binaries::Build,
            parameters: BTreeMap::new(),
            max_processes: 10,
            max_idle_processes: 16,
            idle_stop: Duration::from_secs(300),
        }
    }
}
