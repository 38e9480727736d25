//! How requests are carried: by the client that is in the program anyway, encrypted except where plain http was asked for.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Url};

/// Hosts on the machine itself that give it its role, over plain http by design.
const GIVES_ROLES: [&str; 5] =
    ["169.254.169.254", "169.254.170.2", "169.254.170.23", "[fd00:ec2::254]", "[fd00:ec2::23]"];
const CONNECT: Duration = Duration::from_secs(5);
/// So long nothing may come.
const SILENCE: Duration = Duration::from_secs(90);

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    NoHost,
    Refused,
    TimedOut,
    Certificate,
    Broken,
    PlainHttp,
}

impl Trouble {
    pub fn words(self) -> &'static str {
        match self {
            Self::NoHost => "no such host is known",
            Self::Refused => "the connection was refused, several times",
            Self::TimedOut => "there was no answer in time, several times",
            Self::Certificate => "its certificate is not one to trust",
            Self::Broken => "the connection broke off, several times",
            Self::PlainHttp => "plain http would have been needed",
        }
    }

    /// Where in a chain of errors it stands, if it does.
    pub fn in_chain(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(trouble) = error.downcast_ref::<Self>() {
                return Some(*trouble);
            }
            next = error.source();
        }
        None
    }

    fn of(error: &reqwest::Error) -> Self {
        let mut next: Option<&(dyn StdError + 'static)> = Some(error);
        let mut found = if error.is_timeout() { Self::TimedOut } else { Self::Broken };
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<std::io::Error>() {
                match error.kind() {
                    std::io::ErrorKind::ConnectionRefused => return Self::Refused,
                    std::io::ErrorKind::TimedOut => return Self::TimedOut,
                    _ => {}
                }
            }
            let text = error.to_string();
            if text.contains("dns error") {
                return Self::NoHost;
            }
            if text.contains("certificate") {
                found = Self::Certificate;
            }
            next = error.source();
        }
        found
    }

    /// Whether asking again may help, and is harmless.
    fn kind(self, is_connect: bool) -> HttpErrorKind {
        match self {
            Self::NoHost | Self::Refused => HttpErrorKind::Connect,
            _ if is_connect => HttpErrorKind::Connect,
            Self::TimedOut => HttpErrorKind::Timeout,
            Self::Broken => HttpErrorKind::Interrupted,
            Self::Certificate | Self::PlainHttp => HttpErrorKind::Unknown,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        into.write_str(self.words())
    }
}

impl StdError for Trouble {}

fn failed(error: &reqwest::Error) -> HttpError {
    let trouble = Trouble::of(error);
    HttpError::new(trouble.kind(error.is_connect()), trouble)
}

/// Makes clients.
#[derive(Debug)]
pub struct Connector {
    /// The one host that plain http may be spoken to, beside those that give roles.
    pub plain_http: Option<String>,
}

#[derive(Debug)]
struct Service {
    encrypted: Client,
    plain: Client,
    plain_http: Option<String>,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = |is_encrypted: bool| {
            let client = Client::builder()
                .user_agent(concat!("stedi-workbench/", env!("CARGO_PKG_VERSION")))
                .https_only(is_encrypted)
                .http1_only()
                .redirect(if is_encrypted { Policy::limited(3) } else { Policy::none() })
                .connect_timeout(CONNECT)
                .read_timeout(SILENCE)
                .build();
            client.map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })
        };
        Ok(HttpClient::new(Service {
            encrypted: client(true)?,
            plain: client(false)?,
            plain_http: self.plain_http.clone(),
        }))
    }
}

impl Service {
    fn client(&self, url: &Url) -> Option<&Client> {
        let may_be_plain =
            |host: &str| self.plain_http.as_deref() == Some(host) || GIVES_ROLES.contains(&host) || host == "localhost";
        match url.scheme() {
            "https" => Some(&self.encrypted),
            _ => url.host_str().filter(|host| may_be_plain(host)).map(|_| &self.plain),
        }
    }
}

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (head, body) = request.into_parts();
        let url = Url::parse(&head.uri.to_string()).map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let plain = || HttpError::new(HttpErrorKind::Unknown, Trouble::PlainHttp);
        let client = self.client(&url).ok_or_else(plain)?;
        let mut request = Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(body.collect().await?.to_bytes().into());
        let response = client.execute(request).await.map_err(|error| failed(&error))?;
        let (head, body) = http::Response::<reqwest::Body>::from(response).into_parts();
        Ok(HttpResponse::from_parts(head, HttpResponseBody::new(body.map_err(|error| failed(&error)))))
    }
}
