/** The few drawn signs of the field's tools. */
import type { ComponentChildren, JSX } from "preact";

const Icon = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    {children}
  </svg>
);

export const FeelIcon = (): JSX.Element => (
  <Icon>
    <path d="M12 20s-7.500-4.700-7.500-10.200A4.100 4.100 0 0 1 12 7.300a4.100 4.100 0 0 1 7.500 2.500C19.500 15.300 12 20 12 20z" />
  </Icon>
);

export const SayIcon = (): JSX.Element => (
  <Icon>
    <path d="M4 6.500A2.500 2.500 0 0 1 6.500 4h11A2.500 2.500 0 0 1 20 6.500v7a2.500 2.500 0 0 1-2.500 2.500H10l-4.500 4v-4.100A2.500 2.500 0 0 1 4 13.500z" />
  </Icon>
);

export const PromiseIcon = (): JSX.Element => (
  <Icon>
    <path d="M12 4a8 8 0 1 0 0 16 8 8 0 1 0 0-16M12 7.500V12l3 2" />
  </Icon>
);

export const BetweenIcon = (): JSX.Element => (
  <Icon>
    <path d="M5 5.500C7.500 4.500 10 4.700 12 6.200c2-1.500 4.500-1.700 7-.7v13c-2.500-1-5-.8-7 .7-2-1.500-4.500-1.700-7-.7zM12 6.200v13" />
  </Icon>
);

export const MoreIcon = (): JSX.Element => (
  <Icon>
    <path d="M5.500 12h.01M12 12h.01M18.500 12h.01" />
  </Icon>
);
