/** What Vite's build resolves by itself. */
declare module "*?worker&url" {
  const address: string;
  export default address;
}
declare module "*.css";
/** Of the package, put in by the build. */
declare const besideVersion: string;
