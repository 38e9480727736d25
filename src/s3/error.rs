//! Why something on S3 could not be read or written.

use std::io;
use std::path::PathBuf;

use crate::domain::Cancelled;
use crate::domain::format::bytes;

/// What happened, where, and what to do. Never what a store answered word for word: answers repeat parts of requests.
#[derive(Debug, thiserror::Error)]
pub enum S3Error {
    /// It was built without.
    #[error(
        "{place}: this build of the program has no S3. Use a build with the feature s3, or copy the files to a folder \
         and give that"
    )]
    NotBuilt { place: String },
    /// It names no place.
    #[error(
        "this is no address on S3: write s3://bucket/folder, with the name of the bucket alone before the first /. Keys \
         of an account belong in the environment or in ~/.aws/credentials"
    )]
    NoAddress,
    /// The bucket is not there.
    #[error("{place}: there is no bucket {bucket} at {endpoint}. Look for a typing error, or set AWS_ENDPOINT_URL")]
    NoBucket { place: String, bucket: String, endpoint: String },
    /// Nothing lies there.
    #[error("{place}: nothing lies there, neither an object nor a folder of objects. Look for a typing error")]
    Nothing { place: String },
    /// The account may not do this.
    #[error("{place}: the account may not {doing} there. It needs the permission {permission} for this bucket")]
    Denied { place: String, doing: &'static str, permission: &'static str },
    /// There is no account.
    #[error(
        "{place}: no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with that \
         profile in ~/.aws/credentials, or run where a role gives them"
    )]
    NoCredentials { place: String },
    /// The profile is not there, or has its credentials by a way that is not known here.
    #[error("{place}: {why}")]
    Profile { place: String, why: String },
    /// The store does not take the account.
    #[error(
        "{place}: the store at {endpoint} does not accept the credentials ({code}). Renew them, or look at the clock"
    )]
    BadCredentials { place: String, endpoint: String, code: String },
    /// The bucket is elsewhere.
    #[error("{place}: the bucket lies in another region than {region}. Set AWS_REGION to its region")]
    Region { place: String, region: String },
    /// The endpoint is not one.
    #[error("{name} is no address of a store. Write https://host or https://host:port, and nothing else")]
    Endpoint { name: &'static str },
    /// Everybody on the way could read along.
    #[error(
        "{name} is plain http, where everybody on the way can read the data. Set AWS_ALLOW_HTTP=true if that is meant, or \
         use https"
    )]
    PlainHttp { name: &'static str },
    /// Nobody answers.
    #[error("{place}: {endpoint} cannot be reached: {why}. Look at the network, AWS_REGION and AWS_ENDPOINT_URL")]
    Unreachable { place: String, endpoint: String, why: &'static str },
    /// The store answers, but not with what was asked for.
    #[error("{place}: the store at {endpoint} answered {answer}. Try again later")]
    Store { place: String, endpoint: String, answer: String },
    /// Somebody writes there.
    #[error("{place}: it kept changing while it was read, {times} times. Read it when nobody writes there")]
    KeepsChanging { place: String, times: u32 },
    /// A name that no file can have.
    #[error(
        "{place}: the name of an object there cannot be that of a file ({why}). Copy the files to a folder instead"
    )]
    Name { place: String, why: &'static str },
    /// The disk has no room for what is there.
    #[error("{place}: it has {}, and in {folder} there is room for {}. Make room, or set TMPDIR to another disk",
        bytes(*needed), bytes(*room))]
    Room { place: String, needed: u64, room: u64, folder: String },
    /// The disk refuses.
    #[error("{}: {error}. Make room, or set TMPDIR to another disk", path.display())]
    Disk { path: PathBuf, error: io::Error },
    /// Something lies where something is to be written.
    #[error("{place}: something lies there already, and nothing on S3 is written over. Choose a place that is empty")]
    NotFree { place: String },
    /// Another run writes there, or was killed.
    #[error(
        "{place}: another run is writing there, or was killed while it did. Wait for it, or remove what lies there; without \
         {seal} it is not whole"
    )]
    Busy { place: String, seal: &'static str },
    /// What arrived is not what was sent.
    #[error("{place}: what arrived is not what was sent ({what}). Nothing of it was left there. Try again")]
    Incomplete { place: String, what: &'static str },
    /// What was written could not be removed again.
    #[error("{why}. What had been written to {place} could not all be removed; without {seal} it is not whole")]
    LeftOver { place: String, seal: &'static str, why: Box<Self> },
    /// It was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
