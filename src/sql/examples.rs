//! Queries to begin with.

/// One of them.
pub struct Example {
    /// What it asks.
    pub title: &'static str,
    pub sql: &'static str,
}

/// Those that are offered, as docs/sql.md has them.
pub const EXAMPLES: [Example; 6] = [
    Example {
        title: "Readings of each device",
        sql: "SELECT serialnumber, COUNT(*) AS readings,\n       MIN(sensorreadingtime) AS first, MAX(sensorreadingtime) AS last\n\
              FROM step_trainer_landing\nGROUP BY serialnumber\nORDER BY readings DESC, serialnumber",
    },
    Example {
        title: "Motions of each customer, those without any first",
        sql: "SELECT c.email, COUNT(a.timestamp) AS motions\nFROM customer_landing AS c\n\
              LEFT JOIN accelerometer_landing AS a ON c.email = a.user\nGROUP BY c.email\nORDER BY motions, c.email",
    },
    Example {
        title: "Serial numbers on several customers' records",
        sql: "SELECT serialnumber, COUNT(DISTINCT email) AS customers\nFROM customer_landing\nWHERE serialnumber IS NOT NULL\n\
              GROUP BY serialnumber\nHAVING COUNT(DISTINCT email) > 1\nORDER BY customers DESC, serialnumber",
    },
    Example {
        title: "A join by time stamp alone, and how much of it is the owner's motion",
        sql: "SELECT COUNT(*) AS pairs, COUNT(c.email) AS of_their_owner\nFROM step_trainer_trusted AS s\n\
              JOIN accelerometer_trusted AS a ON s.sensorreadingtime = a.timestamp\n\
              LEFT JOIN customer_curated AS c ON s.serialnumber = c.serialnumber AND a.user = c.email",
    },
    Example {
        title: "Instants at which several customers moved",
        sql: "SELECT timestamp, COUNT(DISTINCT user) AS customers\nFROM accelerometer_trusted\nGROUP BY timestamp\n\
              HAVING COUNT(DISTINCT user) > 1\nORDER BY customers DESC, timestamp\nLIMIT 100",
    },
    Example {
        title: "Consents by month",
        sql: "SELECT STRFTIME(sharewithresearchasofdate, '%Y-%m') AS month, COUNT(*) AS customers\nFROM customer_trusted\n\
              GROUP BY STRFTIME(sharewithresearchasofdate, '%Y-%m')\nORDER BY month",
    },
];
