//! Whose account it is and which store: from the environment, the files in `~/.aws`, or a role of the machine or container.
//! Nothing of it is kept or said.

use std::collections::BTreeMap;
use std::fs;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};

use super::S3Error;

/// What the environment says.
pub struct Environment(BTreeMap<String, String>);

/// How to reach the store.
pub struct Account {
    pub builder: AmazonS3Builder,
    /// Where requests go, as people know it.
    pub endpoint: String,
    pub region: String,
    /// The one host that plain http may be spoken to.
    pub plain_http: Option<String>,
}

/// Names of keys in the files, and of the settings that they are.
const IN_FILES: [(&str, AmazonS3ConfigKey); 4] = [
    ("aws_access_key_id", AmazonS3ConfigKey::AccessKeyId),
    ("aws_secret_access_key", AmazonS3ConfigKey::SecretAccessKey),
    ("aws_session_token", AmazonS3ConfigKey::Token),
    ("region", AmazonS3ConfigKey::Region),
];
/// Ways to credentials that other programs go and this one does not.
const UNKNOWN_WAYS: [&str; 5] = ["sso_session", "sso_start_url", "credential_process", "role_arn", "login_session"];
const METADATA: &str = "169.254.169.254:80";

impl Environment {
    /// As it is.
    pub fn of_process() -> Self {
        let texts =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self(texts.collect())
    }

    /// A variable; one that is empty is as good as none.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// The files of profiles, those that are not there left out.
    fn files(&self) -> Vec<String> {
        let home = self.get("HOME").or_else(|| self.get("USERPROFILE")).map(PathBuf::from);
        let file = |variable: &str, name: &str| {
            self.get(variable).map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".aws").join(name)))
        };
        let files = [file("AWS_CONFIG_FILE", "config"), file("AWS_SHARED_CREDENTIALS_FILE", "credentials")];
        files.into_iter().flatten().filter_map(|file| fs::read_to_string(file).ok()).collect()
    }
}

impl Account {
    /// What is known of the account and the store for this place.
    ///
    /// # Errors
    /// When there are no credentials, the profile is not there, or the endpoint is none.
    pub fn find(environment: &Environment, place: &str) -> Result<Self, S3Error> {
        let named = environment.get("AWS_PROFILE").or_else(|| environment.get("AWS_DEFAULT_PROFILE"));
        let profile = profile(&environment.files(), named.unwrap_or("default"));
        let wrong = |why: String| S3Error::Profile { place: place.to_owned(), why };
        if let (Some(name), None) = (named, &profile) {
            return Err(wrong(format!("there is no profile {name} in ~/.aws. Look for a typing error in AWS_PROFILE")));
        }
        let profile = profile.unwrap_or_default();
        let mut builder = AmazonS3Builder::new();
        let has_keys = environment.get("AWS_ACCESS_KEY_ID").is_some();
        let has_role = environment.get("AWS_WEB_IDENTITY_TOKEN_FILE").is_some();
        let mut is_in_profile = false;
        for (name, key) in IN_FILES {
            let is_credential = !matches!(key, AmazonS3ConfigKey::Region);
            if let Some(value) = profile.get(name).filter(|_| !is_credential || !(has_keys || has_role)) {
                builder = builder.with_config(key, value);
                is_in_profile |= is_credential;
            }
        }
        let mut is_unsigned = false;
        for (name, value) in environment.0.iter().filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty())
        {
            // Secrets of the environment and of a file do not belong together.
            let is_half = !has_keys && matches!(name.as_str(), "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN");
            let Some(key) = name.to_ascii_lowercase().parse().ok().filter(|_| !is_half) else { continue };
            // Whether plain http may be spoken is said for one host, not for all.
            if matches!(key, AmazonS3ConfigKey::Client(_) | AmazonS3ConfigKey::Bucket) {
                continue;
            }
            is_unsigned |= matches!(key, AmazonS3ConfigKey::SkipSignature) && environment.is_on(name);
            builder = builder.with_config(key, value);
        }
        let in_container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
            .map(|name| environment.get(name));
        if !(has_keys || has_role || is_in_profile || is_unsigned || in_container.iter().any(Option::is_some)) {
            if let Some(way) = UNKNOWN_WAYS.iter().find(|way| profile.contains_key(**way)) {
                return Err(wrong(format!(
                    "the profile in ~/.aws gets its credentials by {way}, which is not known here. \
                     `aws configure export-credentials --format env` prints them for the environment"
                )));
            }
            if !has_machine_role(environment) {
                return Err(S3Error::NoCredentials { place: place.to_owned() });
            }
        }
        let region = environment.get("AWS_REGION").or_else(|| environment.get("AWS_DEFAULT_REGION"));
        let region = region.or(profile.get("region").map(String::as_str)).unwrap_or("us-east-1").to_owned();
        let (endpoint, plain_http) = match endpoint(environment, &profile) {
            None => (format!("https://s3.{region}.amazonaws.com"), None),
            Some((name, text)) => {
                builder = builder.with_endpoint(text).with_config(AmazonS3ConfigKey::S3Endpoint, text);
                checked(name, text, environment.is_on("AWS_ALLOW_HTTP"))?
            }
        };
        Ok(Self { builder: builder.with_region(&region), endpoint, region, plain_http })
    }
}

/// The endpoint that was chosen, and what it was chosen by.
fn endpoint<'a>(
    environment: &'a Environment,
    profile: &'a BTreeMap<String, String>,
) -> Option<(&'static str, &'a str)> {
    let named = |name: &'static str| environment.get(name).map(|value| (name, value));
    let variables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];
    let in_file = || profile.get("endpoint_url").map(|value| ("endpoint_url in ~/.aws", value.as_str()));
    variables.into_iter().find_map(named).or_else(in_file)
}

/// An endpoint as it may be shown, and its host where plain http is meant.
fn checked(name: &'static str, text: &str, allows_http: bool) -> Result<(String, Option<String>), S3Error> {
    let url = reqwest::Url::parse(text).map_err(|_| S3Error::Endpoint { name })?;
    let has_secret = !url.username().is_empty() || url.password().is_some() || url.query().is_some();
    let host = url.host_str().filter(|_| !has_secret).ok_or(S3Error::Endpoint { name })?;
    let shown = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    match url.scheme() {
        "https" => Ok((format!("https://{shown}"), None)),
        "http" if allows_http => Ok((format!("http://{shown}"), Some(host.to_owned()))),
        "http" => Err(S3Error::PlainHttp { name }),
        _ => Err(S3Error::Endpoint { name }),
    }
}

/// What files say of a profile; later files and lines before earlier ones. None if none of them has it.
fn profile(files: &[String], name: &str) -> Option<BTreeMap<String, String>> {
    let mut found: Option<BTreeMap<String, String>> = None;
    for file in files {
        let mut is_here = false;
        for line in file.lines() {
            let is_below = line.starts_with([' ', '\t']);
            let line = line.trim();
            if let Some(title) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
                let title = title.trim();
                is_here =
                    title.strip_prefix("profile").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(title).trim()
                        == name;
                if is_here {
                    found.get_or_insert_default();
                }
            } else if let (true, false, Some((key, value))) = (is_here, is_below, line.split_once('='))
                && !line.starts_with(['#', ';'])
                && !value.trim().is_empty()
            {
                let key = key.trim().to_ascii_lowercase();
                found.get_or_insert_default().insert(key, value.trim().to_owned());
            }
        }
    }
    found
}

/// Whether there is a machine that may give a role. Looked for briefly: most have none.
fn has_machine_role(environment: &Environment) -> bool {
    const PATIENCE: Duration = Duration::from_secs(1);
    if environment.is_on("AWS_EC2_METADATA_DISABLED") {
        return false;
    }
    let named = environment.get("AWS_METADATA_ENDPOINT").and_then(|text| reqwest::Url::parse(text).ok());
    let host = named.and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?)));
    let address: Option<SocketAddr> =
        host.as_deref().unwrap_or(METADATA).to_socket_addrs().ok().and_then(|mut all| all.next());
    address.is_some_and(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        let always = [("HOME", "/nowhere"), ("AWS_EC2_METADATA_DISABLED", "true")];
        Environment(always.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn found(pairs: &[(&str, &str)]) -> Result<Account, String> {
        Account::find(&environment(pairs), "s3://lake/landing").map_err(|error| error.to_string())
    }

    const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "topsecret")];

    #[test]
    fn without_credentials_it_says_where_they_are_looked_for() {
        let error = found(&[]).err().unwrap();
        assert!(error.starts_with("s3://lake/landing: no credentials") && error.contains("AWS_PROFILE"), "{error}");
        assert!(found(&[("AWS_ACCESS_KEY_ID", "")]).is_err());
    }

    #[test]
    fn keys_of_the_environment_come_before_those_of_a_file() {
        let home = tempfile::tempdir().unwrap();
        let (config, credentials) = (home.path().join("config"), home.path().join("credentials"));
        fs::write(
            &config,
            "[default]\nregion = eu-north-1\n[profile lab]\nregion=eu-west-3\nendpoint_url = https://lab.example\n",
        )
        .unwrap();
        fs::write(&credentials, "# mine\n[lab]\naws_access_key_id = file\naws_secret_access_key = filesecret\n")
            .unwrap();
        let files = [
            ("AWS_CONFIG_FILE", config.to_str().unwrap()),
            ("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap()),
        ];
        let with = |more: &[(&str, &str)]| found(&[&files[..], more].concat());
        let key = |account: &Account| account.builder.get_config_value(&AmazonS3ConfigKey::AccessKeyId);
        let lab = with(&[("AWS_PROFILE", "lab")]).ok().unwrap();
        assert_eq!((key(&lab).as_deref(), lab.region.as_str()), (Some("file"), "eu-west-3"));
        assert_eq!(lab.endpoint, "https://lab.example");
        let both = with(&[&[("AWS_PROFILE", "lab")], &KEYS[..]].concat()).ok().unwrap();
        assert_eq!(key(&both).as_deref(), Some("key"));
        assert!(with(&[("AWS_PROFILE", "other")]).err().unwrap().contains("no profile other"));
        assert!(with(&[]).is_err(), "the profile default has no credentials");
    }

    #[test]
    fn a_profile_that_asks_another_program_says_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config");
        fs::write(&config, "[default]\nsso_session = work\n").unwrap();
        let error = found(&[("AWS_CONFIG_FILE", config.to_str().unwrap())]).err().unwrap();
        assert!(error.contains("sso_session") && error.contains("export-credentials"), "{error}");
    }

    #[test]
    fn plain_http_is_spoken_only_where_it_was_said_twice() {
        let at = |more: &[(&str, &str)]| found(&[&KEYS[..], more].concat());
        let plain = ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000");
        let refused = at(&[plain]).err().unwrap();
        assert!(refused.contains("AWS_ENDPOINT_URL is plain http") && refused.contains("AWS_ALLOW_HTTP"), "{refused}");
        let meant = at(&[plain, ("AWS_ALLOW_HTTP", "true")]).ok().unwrap();
        assert_eq!(meant.plain_http.as_deref(), Some("127.0.0.1"));
        assert_eq!(meant.endpoint, "http://127.0.0.1:5000");
        assert_eq!(at(&[("AWS_ALLOW_HTTP", "true")]).ok().unwrap().plain_http, None);
        let own = at(&[plain, ("AWS_ENDPOINT_URL_S3", "https://store.example")]).ok().unwrap();
        assert_eq!((own.endpoint.as_str(), own.plain_http), ("https://store.example", None));
        for wrong in ["store.example", "https://key:topsecret@store.example", "ftp://store.example"] {
            let error = at(&[("AWS_ENDPOINT_URL", wrong)]).err().unwrap();
            assert!(error.contains("AWS_ENDPOINT_URL") && !error.contains("topsecret"), "{error}");
        }
    }
}
