/** A whole page in the simulators' own plain looks. `body` is HTML; the title is text. */
export function simulatorPage(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:720px;margin:2rem auto;padding:0 1rem;color:#1c2b27}article,form{border:1px solid #cdd8d4;border-radius:10px;padding:1rem;margin:1rem 0}
label{display:block;margin:.5rem 0}.choice{display:inline-block;margin-right:1rem}fieldset{border:0;padding:0}input:not([type=radio]),textarea,select{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}
button,.button{font:inherit;background:#0a5c4c;color:#fff;border:0;border-radius:8px;padding:.5rem 1rem;text-decoration:none;cursor:pointer}
blockquote{border-left:4px solid #0a5c4c;margin:1rem 0;padding:.2rem 1rem;background:#eef5f2}.small{color:#51625c;font-size:.85rem}details form{border:0;padding:0}</style>
<h1>${escapeHtml(title)}</h1>${body}</html>`
}

/** Text as it stands in HTML, in an attribute's quotes as well. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
