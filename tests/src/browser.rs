//! A supervisor's browser: cookies, forms with their origin, pages and JSON.

use anyhow::{Context, Result, bail};
use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::OperationalDay;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::Value;

/// A browser somebody has signed in with.
pub struct Browser {
    http: Client,
    url: String,
}

/// What an address answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Browser {
    /// Signs in at `url`.
    ///
    /// # Errors
    /// When the server is not reached or refuses.
    pub async fn sign_in(url: &str, account: &str, password: &str) -> Result<Self> {
        let http = Client::builder().cookie_store(true).redirect(Policy::none()).build()?;
        let form = [("name", account), ("password", password)];
        let answer = http.post(format!("{url}/sign-in")).header(ORIGIN, url).form(&form).send().await?;
        if answer.status() != StatusCode::SEE_OTHER {
            bail!("signing in as {account} was answered with {}", answer.status());
        }
        Ok(Self { http, url: url.to_owned() })
    }

    /// Asks for a page in English, or for JSON under `/api/`, and gives whatever comes.
    ///
    /// # Errors
    /// When the server is not reached.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let kind = if path.starts_with("/api/") { "application/json" } else { "text/html" };
        let request = self.http.get(format!("{}{path}", self.url)).header(ACCEPT, kind).header(ACCEPT_LANGUAGE, "en");
        let answer = request.send().await?;
        Ok(Answer { status: answer.status().as_u16(), body: answer.text().await? })
    }

    /// A page or an API answer that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub async fn page(&self, path: &str) -> Result<String> {
        let answer = self.get(path).await?;
        if answer.status != 200 {
            bail!("{path} was answered with {}: {}", answer.status, answer.body);
        }
        Ok(answer.body)
    }

    /// The page of a day.
    ///
    /// # Errors
    /// As [`Browser::page`].
    pub async fn day_page(&self, day: OperationalDay) -> Result<String> {
        self.page(&format!("/activity/{day}")).await
    }

    /// The figures of a day, of all the account may see.
    ///
    /// # Errors
    /// As [`Browser::page`], and when they are not of this version.
    pub async fn activity(&self, day: OperationalDay) -> Result<DailyActivity> {
        let body = self.page(&format!("/api/v1/activity?day={day}")).await?;
        serde_json::from_str(&body).context("the day's figures do not read")
    }

    /// One record.
    ///
    /// # Errors
    /// As [`Browser::page`].
    pub async fn record(&self, id: DocumentId) -> Result<Value> {
        Ok(serde_json::from_str(&self.page(&format!("/api/v1/records/{id}")).await?)?)
    }
}
