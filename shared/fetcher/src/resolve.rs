//! Names to addresses. The HTTP client connects to what is returned here, so an address that was checked is the address
//! that is connected to: a name that resolves differently the next time (DNS rebinding) gains nothing.

use std::{io, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolving};

use crate::{FetchError, Policy};

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// The addresses of a name. Port 0 stands for the port of the URL.
    ///
    /// # Errors
    /// When the name does not resolve.
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>>;
}

/// The resolver of the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }
}

/// A resolver that returns addresses only if the policy allows every one of them.
pub(crate) struct Guard {
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) policy: Arc<Policy>,
}

impl reqwest::dns::Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = Arc::clone(&self.resolver);
        let policy = Arc::clone(&self.policy);
        Box::pin(async move {
            let addresses = checked(&*resolver, &policy, name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

async fn checked(resolver: &dyn Resolve, policy: &Policy, host: &str) -> Result<Vec<SocketAddr>, FetchError> {
    let unresolved = || FetchError::Unresolved {
        host: host.to_owned(),
    };
    let addresses = resolver.resolve(host).await.map_err(|_| unresolved())?;
    if addresses.is_empty() {
        return Err(unresolved());
    }
    for address in &addresses {
        policy.check_address(host, *address)?;
    }
    Ok(addresses)
}
