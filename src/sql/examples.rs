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
        title: "Customers who agreed and have no motion",
        sql: "SELECT c.email, c.serialnumber, c.sharewithresearchasofdate\nFROM customer_trusted AS c\n\
              ANTI JOIN accelerometer_landing AS a ON c.email = a.user\nORDER BY c.email",
    },
    Example {
        title: "Serial numbers on several customers' records",
        sql: "SELECT serialnumber, COUNT(DISTINCT email) AS customers\nFROM customer_landing\nWHERE serialnumber IS NOT NULL\n\
              GROUP BY serialnumber\nHAVING COUNT(DISTINCT email) > 1\nORDER BY customers DESC, serialnumber",
    },
    Example {
        title: "A join by time stamp alone, and how much of it is somebody else's motion",
        sql: "WITH pairs AS (\n  SELECT s.serialnumber, a.user\n  FROM step_trainer_trusted AS s\n  \
              JOIN accelerometer_trusted AS a ON s.sensorreadingtime = a.timestamp\n),\n\
              theirs AS (\n  SELECT p.serialnumber\n  FROM pairs AS p\n  \
              JOIN customer_curated AS c ON p.serialnumber = c.serialnumber AND p.user = c.email\n)\n\
              SELECT (SELECT COUNT(*) FROM pairs) AS pairs, (SELECT COUNT(*) FROM theirs) AS of_their_owner",
    },
    Example {
        title: "Instants at which several customers moved",
        sql: "SELECT timestamp, COUNT(DISTINCT user) AS customers\nFROM accelerometer_trusted\nGROUP BY timestamp\n\
              HAVING COUNT(DISTINCT user) > 1\nORDER BY customers DESC, timestamp\nLIMIT 100",
    },
    Example {
        title: "Consents by month",
        sql: "SELECT DATE_TRUNC('month', sharewithresearchasofdate) AS month, COUNT(*) AS customers\nFROM customer_trusted\n\
              GROUP BY DATE_TRUNC('month', sharewithresearchasofdate)\nORDER BY month",
    },
];
