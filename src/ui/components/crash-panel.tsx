/** Our own fault, said as such: the analysis cannot go on in this page. */
export function CrashPanel({ message }: { message: string }) {
  return (
    <section class="panel notice error" role="alert" data-testid="crash">
      <h2>✗ The analysis stopped because of a fault in lacpviz</h2>
      <p class="mono">{message}</p>
      <p>
        Your files are untouched.{' '}
        <button type="button" class="button small" onClick={() => location.reload()}>
          Load the page again
        </button>
      </p>
    </section>
  );
}
