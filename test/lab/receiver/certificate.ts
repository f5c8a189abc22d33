import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A key and a certificate that it signed itself, as a Chromecast makes anew every day or two. */
export async function selfSigned(): Promise<{ key: string; cert: string }> {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=lab'];
  const { stdout } = await promisify(execFile)('openssl', [...args, '-keyout', '-', '-out', '-']);
  const part = (name: string) =>
    new RegExp(`-----BEGIN ${name}-----[^-]+-----END ${name}-----`).exec(stdout)?.[0] ?? '';
  return { key: part('PRIVATE KEY'), cert: part('CERTIFICATE') };
}
