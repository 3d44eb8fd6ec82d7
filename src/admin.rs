//! The second port, for those who watch over a server: `/metrics`, `/health`, `/ready`. It tells nothing of the lake's content, knows
//! no passwords, and listens on this machine unless it is told otherwise.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::engine::Engine;
use crate::metrics::Metrics;

/// Connections at one time; further ones wait.
const CONNECTIONS_MAX: usize = 32;
/// How long one connection may last.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a request may take to arrive.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the lake may take to answer.
const LAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait after accepting failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What is watched.
#[derive(Clone)]
pub struct Watched {
    pub engine: Engine,
    pub metrics: Arc<Metrics>,
    /// Cancelled when the server begins to stop: it is alive and no longer ready.
    pub stopping: CancellationToken,
}

/// Answers requests until this is dropped.
pub async fn serve(listener: TcpListener, watched: Watched) -> Infallible {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // The semaphore is never closed.
        let slot = Arc::clone(&slots).acquire_owned().await;
        match listener.accept().await {
            Ok((socket, _)) => {
                let answering = answer_all(socket, watched.clone());
                connections.spawn(async move {
                    let _slot = slot;
                    if timeout(CONNECTION_TIMEOUT, answering).await.is_err() {
                        debug!("a connection to the admin port was closed after {} seconds", CONNECTION_TIMEOUT.as_secs());
                    }
                });
            }
            Err(error) => {
                warn!(%error, "accepting a connection to the admin port failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn answer_all(socket: TcpStream, watched: Watched) {
    let service = service_fn(|request| {
        let watched = watched.clone();
        async move { Ok::<_, Infallible>(answer(&request, &watched).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIMEOUT);
    if let Err(error) = http.serve_connection(TokioIo::new(socket), service).await {
        debug!(%error, "a request to the admin port failed");
    }
}

async fn answer(request: &Request<Incoming>, watched: &Watched) -> Response<String> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD");
    }
    match request.uri().path() {
        "/metrics" => {
            let mut page = text(StatusCode::OK, watched.metrics.page(&watched.engine));
            page.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/plain; version=0.0.4"));
            page
        }
        "/health" => text(StatusCode::OK, "alive\n"),
        "/ready" if watched.stopping.is_cancelled() => text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
        "/ready" => match timeout(LAKE_TIMEOUT, watched.engine.reach_lake()).await {
            Ok(Ok(())) => text(StatusCode::OK, "ready\n"),
            Ok(Err(error)) => {
                warn!(%error, "not ready: the lake cannot be reached");
                text(StatusCode::SERVICE_UNAVAILABLE, "the lake cannot be reached\n")
            }
            Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, "the lake does not answer\n"),
        },
        _ => text(StatusCode::NOT_FOUND, "there is /metrics, /health and /ready\n"),
    }
}

fn text(status: StatusCode, text: impl Into<String>) -> Response<String> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
