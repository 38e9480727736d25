//! A bucket that is asked, and what its answers mean.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::{Either, select};
use object_store::aws::{AmazonS3, Checksum};
use object_store::path::Path as Key;
use object_store::{BackoffConfig, Error, ObjectMeta, ObjectStore as _, RetryConfig};
use tokio::runtime::Runtime;

use super::account::{Account, Environment};
use super::carrier::{Connector, Trouble};
use super::{Address, S3Error};
use crate::domain::{Cancelled, Progress};

/// How often something is tried anew.
const RETRIES: usize = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After so long nothing is tried anew.
const PATIENCE: Duration = Duration::from_secs(180);
/// How soon somebody who asks to stop is heard.
const LOOK_UP_EVERY: Duration = Duration::from_millis(50);

/// A bucket.
pub struct Connection {
    pub store: AmazonS3,
    runtime: Runtime,
    endpoint: String,
    region: String,
    address: Address,
}

/// What is done, and the permission that it needs.
#[derive(Clone, Copy, Debug)]
pub enum Doing {
    List,
    Read,
    Write,
    Remove,
}

impl Doing {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::List => ("list objects", "s3:ListBucket"),
            Self::Read => ("read objects", "s3:GetObject"),
            Self::Write => ("write objects", "s3:PutObject"),
            Self::Remove => ("remove objects", "s3:DeleteObject"),
        }
    }
}

impl Connection {
    /// Gets ready for a place. Nothing is asked yet.
    ///
    /// # Errors
    /// When there is no account, or the store is none.
    pub fn open(address: &Address) -> Result<Self, S3Error> {
        let place = address.to_string();
        let Account { builder, endpoint, region, plain_http } = Account::find(&Environment::of_process(), &place)?;
        let broken = |what: &str| S3Error::Profile { place: place.clone(), why: what.to_owned() };
        let retry = RetryConfig {
            backoff: BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, base: 2.0 },
            max_retries: RETRIES,
            retry_timeout: PATIENCE,
        };
        let store = builder
            .with_bucket_name(&address.bucket)
            .with_http_connector(Connector { plain_http })
            .with_retry(retry)
            .with_checksum_algorithm(Checksum::SHA256)
            .build()
            // What it says of a setting may be the setting.
            .map_err(|_| {
                broken("a setting of S3 in the environment (AWS_…) cannot be made out. Look for a typing error")
            })?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|_| broken("the system has no room for a connection. Close other programs"))?;
        Ok(Self { store, runtime, endpoint, region, address: address.clone() })
    }

    /// Does what is asked for on this thread, until it is done or somebody asks to stop.
    ///
    /// # Errors
    /// Those of the work, and when cancelled.
    pub fn run<T>(&self, progress: &Progress, work: impl Future<Output = Result<T, S3Error>>) -> Result<T, S3Error> {
        let stop = async {
            while !progress.is_cancelled() {
                tokio::time::sleep(LOOK_UP_EVERY).await;
            }
        };
        self.runtime.block_on(async {
            match select(pin!(work), pin!(stop)).await {
                Either::Left((done, _)) => done,
                Either::Right(_) => Err(Cancelled.into()),
            }
        })
    }

    /// The key of something below the address.
    pub fn key(&self, name: &str) -> Result<Key, S3Error> {
        let why = "it is empty, . or .., or has a \\ in it";
        Key::parse(self.address.join(name).key).map_err(|_| S3Error::Name { place: self.address.to_string(), why })
    }

    /// All objects below the address, in order.
    pub async fn list(&self) -> Result<Vec<ObjectMeta>, S3Error> {
        let prefix = Key::parse(&self.address.key).map_err(|_| S3Error::NoAddress)?;
        let listed = self.store.list(Some(&prefix).filter(|prefix| !prefix.as_ref().is_empty()));
        let mut listed: Vec<ObjectMeta> =
            listed.try_collect().await.map_err(|error| self.explain(&error, Doing::List))?;
        listed.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(listed)
    }

    /// That an answer was not one.
    pub fn strange(&self, answer: &str) -> S3Error {
        S3Error::Store { place: self.address.to_string(), endpoint: self.endpoint.clone(), answer: answer.to_owned() }
    }

    /// What an answer means for people.
    pub fn explain(&self, error: &Error, doing: Doing) -> S3Error {
        let (place, endpoint) = (self.address.to_string(), self.endpoint.clone());
        if let Error::InvalidPath { .. } = error {
            return S3Error::Name { place, why: "a part of it is empty, . or .." };
        }
        if let Some(trouble) = Trouble::in_chain(error) {
            return S3Error::Unreachable { place, endpoint, why: trouble.words() };
        }
        let text = error.to_string();
        let code = code(&text);
        let (words, permission) = doing.words();
        match code.unwrap_or_default() {
            "NoSuchBucket" => S3Error::NoBucket { place, bucket: self.address.bucket.clone(), endpoint },
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "ExpiredToken"
            | "InvalidToken"
            | "TokenRefreshRequired"
            | "RequestTimeTooSkewed"
            | "InvalidClientTokenId"
            | "RequestExpired" => {
                S3Error::BadCredentials { place, endpoint, code: code.unwrap_or_default().to_owned() }
            }
            "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
                S3Error::Region { place, region: self.region.clone() }
            }
            "AccessDenied" | "AllAccessDisabled" => S3Error::Denied { place, doing: words, permission },
            _ if text.contains("redirect without LOCATION") => S3Error::Region { place, region: self.region.clone() },
            _ if matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. }) => {
                S3Error::Denied { place, doing: words, permission }
            }
            code => S3Error::Store { place, endpoint, answer: answer(&text, code) },
        }
    }
}

/// The code that a store gives its refusal, which says nothing of anybody.
fn code(text: &str) -> Option<&str> {
    let code = text.split("<Code>").nth(1)?.split("</Code>").next()?;
    (code.len() <= 64 && code.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '.')).then_some(code)
}

/// Its number and code, as far as there are any.
fn answer(text: &str, code: &str) -> String {
    let status = text.split("status code: ").nth(1).and_then(|rest| rest.get(..3));
    let status = status.filter(|status| status.chars().all(|letter| letter.is_ascii_digit()));
    match (status, code) {
        (Some(status), "") => status.to_owned(),
        (Some(status), code) => format!("{status} {code}"),
        (None, "") => "something that is not S3".to_owned(),
        (None, code) => code.to_owned(),
    }
}

/// How long to wait before something is tried for so many times.
pub async fn pause(times: u32) {
    tokio::time::sleep((FIRST_PAUSE * 2_u32.saturating_pow(times.min(8))).min(LONGEST_PAUSE)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_answer_only_its_number_and_code_are_said() {
        let text = "Generic S3 error: Error performing GET http://store/lake?prefix=x in 1ms - Server returned non-2xx status \
                    code: 503 Service Unavailable: <Error><Code>SlowDown</Code><Message>AKIA123</Message></Error>";
        assert_eq!(answer(text, code(text).unwrap_or_default()), "503 SlowDown");
        assert_eq!(code("<Code>jane@example.com</Code>"), None);
        assert_eq!(answer("<html>", ""), "something that is not S3");
    }
}
