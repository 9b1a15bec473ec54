import { ENVIRONMENTS, type Environment } from '../../../shared/contract/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Field } from '../../ui/field.tsx'
import { Segments } from '../../ui/tabs.tsx'
import type { ConnectionForm, FieldError } from './connection-form.ts'
import css from './home.module.css'

export interface ConnectionFieldsProps {
  readonly form: ConnectionForm
  readonly errors: FieldError
  readonly onChange: (fields: Partial<ConnectionForm>) => void
}

/** Where the server is, and who asks. */
export function ConnectionFields({ form, errors, onChange }: ConnectionFieldsProps) {
  return (
    <>
      <Segments<ConnectionForm['kind']>
        label="Reached over"
        value={form.kind}
        onValueChange={(kind) => onChange({ kind })}
        items={[
          { value: 'tcp', label: 'TCP' },
          { value: 'unix', label: 'Unix socket' },
        ]}
      />
      {form.kind === 'tcp' ? (
        <>
          <div className={css.fields}>
            <Field
              label="Host"
              mono
              value={form.host}
              onValueChange={(host) => onChange({ host })}
              error={errors.host}
            />
            <Field
              label="Port"
              mono
              inputMode="numeric"
              value={form.port}
              onValueChange={(port) => onChange({ port })}
              error={errors.port}
            />
          </div>
          <Checkbox label="Encrypt with TLS" checked={form.tls} onCheckedChange={(tls) => onChange({ tls })} />
          {form.tls && (
            <Checkbox
              label={
                form.verify
                  ? 'Check the certificate'
                  : 'Check the certificate (off: anyone on the way can read and change what is sent)'
              }
              checked={form.verify}
              onCheckedChange={(verify) => onChange({ verify })}
            />
          )}
        </>
      ) : (
        <Field
          label="Path"
          mono
          placeholder="/run/redis/redis.sock"
          value={form.path}
          onValueChange={(path) => onChange({ path })}
          error={errors.path}
        />
      )}
      <div className={css.half}>
        <Field
          label="User"
          mono
          placeholder="default"
          value={form.username}
          onValueChange={(username) => onChange({ username })}
        />
        <PasswordField form={form} onChange={onChange} />
      </div>
      <div className={css.databaseAndEnvironment}>
        <Field
          label="Database"
          mono
          inputMode="numeric"
          value={form.db}
          onValueChange={(db) => onChange({ db })}
          error={errors.db}
        />
        <div className={css.group}>
          <span className={css.groupLabel}>Environment</span>
          <Segments<Environment>
            label="Environment"
            className={css.environments}
            value={form.environment}
            onValueChange={(environment) => onChange({ environment, isEnvironmentOwn: true })}
            items={ENVIRONMENTS.map((value) => ({
              value,
              label: (
                <span className={css.environment}>
                  <span className={css.dot} style={{ backgroundColor: `var(--env-${value})` }} />
                  {value}
                </span>
              ),
            }))}
          />
        </div>
      </div>
    </>
  )
}

function PasswordField({ form, onChange }: Omit<ConnectionFieldsProps, 'errors'>) {
  const isKept = form.hasPassword && !form.forgetPassword && form.password === ''
  return (
    <Field
      label="Password"
      type="password"
      autoComplete="new-password"
      mono
      placeholder={isKept ? 'saved; type to replace it' : 'none'}
      value={form.password}
      onValueChange={(password) => onChange({ password })}
      suffix={
        isKept && (
          <Button size="small" variant="quiet" onClick={() => onChange({ forgetPassword: true })}>
            Forget
          </Button>
        )
      }
    />
  )
}
