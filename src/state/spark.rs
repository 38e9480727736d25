//! A Spark server that makes the tables instead of this machine.

/// Whether one can, and whether one does.
#[derive(Clone, Debug, Default)]
pub struct SparkState {
    /// Why this build cannot speak to one; none if it can.
    pub absent: Option<&'static str>,
    /// The server that the environment names, without what lets one in.
    pub named: Option<String>,
    /// The engine is being chosen.
    pub is_offered: bool,
    /// The landing files that are open, as a server may call their place.
    pub landing: String,
    /// A server is at work.
    pub is_running: bool,
}

/// What a server is asked for, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SparkOrder {
    /// The server, or nothing for the one that the environment names.
    pub server: String,
    /// The landing zone, as the server sees it.
    pub landing: String,
    /// Where the run folder goes, as the server sees it.
    pub out: String,
}
