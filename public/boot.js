// Begins to fetch what the page's own script will ask for when it runs (the build names it): beside the first screen, behind it in rank.
// And says in words why the page has not started, for as long as nothing else is shown. A file of its own, and old JavaScript: it must
// run where the page's own script was not found or not understood. Whatever the page shows takes the place of `.boot`.
(() => {
  for (const path of (document.currentScript.dataset.next || '').split(' ')) {
    if (!path) continue;
    const link = document.createElement('link');
    Object.assign(link, { rel: 'modulepreload', href: path, crossOrigin: '', fetchPriority: 'low' });
    document.head.append(link);
  }

  function tell(what) {
    const place = document.querySelector('.boot');
    if (!place) return;
    const text = document.createElement('p');
    text.className = 'boot-problem';
    text.setAttribute('role', 'alert');
    text.textContent = what;
    place.replaceChildren(text);
  }

  function told(event) {
    const source = event.target && (event.target.src || event.target.href);
    if (source) {
      return `Leafcutter could not start: ${source} did not come from the server. Reload the page; behind a proxy, see that everything below ${location.origin}${location.pathname} reaches Leafcutter.`;
    }
    return `Leafcutter could not start: ${event.message || event.reason || 'this browser gave no reason'}. Reload the page, or use a current browser.`;
  }

  function listen(event) {
    const what = told(event);
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', () => tell(what));
    else tell(what);
  }

  // In the capture phase: what failed to load does not bubble.
  addEventListener('error', listen, true);
  addEventListener('unhandledrejection', listen);
})();
