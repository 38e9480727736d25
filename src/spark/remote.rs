//! Where the Spark server is, and what lets one in. A token is taken from the environment, and neither kept nor shown.

use std::fmt;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// The address, where none is given on the command line.
const REMOTE: &str = "SPARK_REMOTE";
/// What lets one in. The other name is PySpark's.
const TOKENS: [&str; 2] = ["SPARK_CONNECT_TOKEN", "SPARK_CONNECT_AUTHENTICATE_TOKEN"];
/// What may be said of a connection where everybody may read it.
const OPEN: [&str; 3] = ["use_ssl", "user_id", "user_agent"];
const PORT: &str = "15002";

/// A Spark server.
#[derive(Clone)]
pub struct Remote {
    url: String,
    endpoint: String,
}

/// Why an address will not do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RemoteError {
    #[error("no Spark server was named; give --remote sc://HOST:PORT, or set {REMOTE}")]
    None,
    #[error("{0} is not the address of a Spark server; write it as sc://HOST:PORT")]
    Address(&'static str),
    #[error(
        "--remote holds {0}, which everybody on this machine could read. Set {REMOTE} to the whole address, or the token alone as \
         SPARK_CONNECT_TOKEN"
    )]
    Secret(String),
}

impl Remote {
    /// The server that was named, or that the environment names.
    ///
    /// # Errors
    /// As the variants say.
    pub fn chosen(named: Option<&str>, environment: impl Fn(&str) -> Option<String>) -> Result<Self, RemoteError> {
        let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let (mut url, from) = match named {
            Some(url) => (url.to_owned(), "--remote"),
            None => (set(REMOTE).ok_or(RemoteError::None)?, REMOTE),
        };
        let rest = url.strip_prefix("sc://").ok_or(RemoteError::Address(from))?;
        let (host, parameters) = rest.split_once('/').unwrap_or((rest, ""));
        let parameters = parameters.trim_start_matches(';');
        if host.is_empty() || host.contains([';', '?', '#', '@', ' ']) {
            return Err(RemoteError::Address(from));
        }
        let names: Vec<String> =
            parameters.split(';').filter_map(|one| Some(one.split_once('=')?.0.trim().to_owned())).collect();
        let has = |name: &str| names.iter().any(|other| other == name);
        if named.is_some()
            && let Some(secret) = names.iter().find(|name| !OPEN.contains(&name.as_str()))
        {
            return Err(RemoteError::Secret(secret.clone()));
        }
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let endpoint = if has_port { host.to_owned() } else { format!("{}:{PORT}", host.trim_end_matches(':')) };
        let is_near = ["localhost", "127.0.0.1", "[::1]"].iter().any(|near| endpoint.starts_with(&format!("{near}:")));
        let mut more = vec![];
        let token = if has("token") { None } else { TOKENS.iter().find_map(|name| set(name)) };
        if (has("token") || token.is_some()) && !is_near && !has("use_ssl") {
            // A token goes nowhere unencrypted.
            more.push("use_ssl=true".to_owned());
        }
        more.extend(token.map(|token| format!("token={}", encoded(token.trim()))));
        if !names.is_empty() {
            more.insert(0, parameters.trim_end_matches(';').to_owned());
        }
        url = format!("sc://{endpoint}");
        if !more.is_empty() {
            url += &format!("/;{}", more.join(";"));
        }
        Ok(Self { url, endpoint })
    }

    /// The whole address, with what lets one in: for the connection alone.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether anything takes a connection there.
    pub fn answers(&self, patience: Duration) -> bool {
        let Ok(mut addresses) = self.endpoint.to_socket_addrs() else { return false };
        addresses.any(|address| TcpStream::connect_timeout(&address, patience).is_ok())
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.endpoint)
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A text as it may stand in an address.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(named: Option<&str>, set: &[(&str, &str)]) -> Result<Remote, RemoteError> {
        Remote::chosen(named, |name| set.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_token_comes_from_the_environment_and_goes_nowhere_else() {
        let remote = chosen(Some("sc://lake.example"), &[("SPARK_CONNECT_TOKEN", "a b;c")]).unwrap();
        assert_eq!(remote.url(), "sc://lake.example:15002/;use_ssl=true;token=a%20b%3Bc");
        assert_eq!(
            format!("{remote} {remote:?}"),
            "lake.example:15002 Remote { endpoint: \"lake.example:15002\", .. }"
        );
        let remote = chosen(None, &[("SPARK_REMOTE", "sc://localhost:9/;token=x")]).unwrap();
        assert_eq!(remote.url(), "sc://localhost:9/;token=x");
        let secret = chosen(Some("sc://a/;use_ssl=true;token=x"), &[]).unwrap_err();
        assert_eq!(secret, RemoteError::Secret("token".into()));
        assert!(!secret.to_string().contains("token=x"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert_eq!(chosen(None, &[]).unwrap_err(), RemoteError::None);
        for url in ["localhost:15002", "sc://", "http://a", "sc://a;token=x"] {
            assert!(matches!(chosen(Some(url), &[]), Err(RemoteError::Address(_))), "{url}");
        }
    }
}
