/*
 * What a browser without a cookie gets to see. It has no script and no style
 * sheet, so it works under the same policy as everything else.
 */
const page = (body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Keystead</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 18vh auto; padding: 0 1rem }
  h1 { font-size: 1.25rem }
  input, button { font: inherit; padding: .4rem .6rem; margin: .25rem 0 }
  input { width: 100%; box-sizing: border-box }
</style>
${body}
</html>
`

const FORM = `<form method="post" action="/login">
  <label for="password">Password</label>
  <input id="password" name="password" type="password" autocomplete="current-password" autofocus required>
  <button>Open</button>
</form>`

export function loginPage(hasPassword: boolean, wasWrong: boolean): string {
  if (!hasPassword) {
    return page(`<h1>Keystead</h1>
<p>This page needs the link that Keystead printed when it started: it contains a token.</p>
<p>Open that link in this browser. If it is gone, restart Keystead.</p>`)
  }
  return page(`<h1>Keystead</h1>${wasWrong ? '\n<p role="alert">That was not the password.</p>' : ''}\n${FORM}`)
}
