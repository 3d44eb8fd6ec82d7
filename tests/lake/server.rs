//! An S3 server in this process, and in front of it a layer that answers wrongly when a test asks for it.

use std::convert::Infallible;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::stream;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, HeaderValue};
use hyper::service::Service;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::Body;
use s3s::auth::SimpleAuth;
use s3s::dto::StreamingBlob;
use s3s::service::{S3Service, S3ServiceBuilder};

pub const ACCESS_KEY: &str = "AKIDTEST";
pub const SECRET_KEY: &str = "a-secret-that-no-message-may-show";

/// What the layer does to the next requests of data (not listings), and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 503 SlowDown.
    SlowDown,
    /// No answer for a minute.
    Silence,
    /// The headers of the whole answer, half of its body, and the end of the connection.
    HalfBody,
}

#[derive(Default)]
struct Faults {
    plan: Mutex<Option<(Fault, usize)>>,
    injected: AtomicUsize,
    listings: AtomicUsize,
    reads: AtomicUsize,
}

/// A running server; it ends when this is dropped.
pub struct Server {
    pub endpoint: String,
    faults: Arc<Faults>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Serves the folders below `root` as buckets.
    pub async fn start(root: &Path) -> Self {
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let faults = Arc::new(Faults::default());
        let service = FaultyService { inner: builder.build(), faults: Arc::clone(&faults) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                connections.spawn(async move {
                    // A client that goes away in the middle is not the server's problem.
                    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        Self { endpoint, faults, task }
    }

    /// The next `times` requests for the content of a file fail so.
    pub fn inject(&self, fault: Fault, times: usize) {
        *self.faults.plan.lock().unwrap() = Some((fault, times));
    }

    /// How many requests have failed as planned.
    pub fn injected(&self) -> usize {
        self.faults.injected.load(Ordering::SeqCst)
    }

    /// How many listings and how many reads of content were asked for.
    pub fn requests(&self) -> (usize, usize) {
        (self.faults.listings.load(Ordering::SeqCst), self.faults.reads.load(Ordering::SeqCst))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct FaultyService {
    inner: S3Service,
    faults: Arc<Faults>,
}

impl Service<Request<Incoming>> for FaultyService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let fault = self.faults.next(&request);
        let inner = self.inner.clone();
        Box::pin(async move {
            if fault == Some(Fault::SlowDown) {
                return Ok(slow_down());
            }
            if fault == Some(Fault::Silence) {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            let answer =
                inner.call(request.map(Body::from)).await.unwrap_or_else(|error| panic!("the test server failed: {error:?}"));
            Ok(if fault == Some(Fault::HalfBody) { half_of(answer).await } else { answer })
        })
    }
}

impl Faults {
    fn next(&self, request: &Request<Incoming>) -> Option<Fault> {
        if request.uri().query().is_some_and(|query| query.contains("list-type")) {
            self.listings.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        if request.method() != Method::GET {
            return None;
        }
        self.reads.fetch_add(1, Ordering::SeqCst);
        let mut plan = self.plan.lock().unwrap();
        let (fault, times) = plan.as_mut()?;
        *times = times.checked_sub(1)?;
        self.injected.fetch_add(1, Ordering::SeqCst);
        Some(*fault)
    }
}

fn slow_down() -> Response<Body> {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>";
    Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body(Body::from(xml.to_owned())).unwrap()
}

async fn half_of(answer: Response<Body>) -> Response<Body> {
    let (mut head, mut body) = answer.into_parts();
    let whole = body.store_all_limited(64 << 20).await.unwrap();
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let pieces = [Ok(whole.slice(..whole.len() / 2)), Err(std::io::Error::other("the server breaks off"))];
    Response::from_parts(head, StreamingBlob::wrap(stream::iter(pieces)).into())
}
